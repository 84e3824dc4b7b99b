/** The line that puts the widget on somebody's page. */
export function embedSnippet(widgetKey: string): string {
  return `<script src="${location.origin}/widget.js" data-channel="${widgetKey}" async></script>`;
}
