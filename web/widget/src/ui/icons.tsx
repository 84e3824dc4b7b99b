const icon = (path: string) => () => (
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <path d={path} />
  </svg>
);

export const CloseIcon = icon("M6 6l12 12M18 6L6 18");
export const SendIcon = icon("M4 12h15M13 5.5l6.5 6.5-6.5 6.5");
export const ClipIcon = icon(
  "M20 11.5l-8 8a5 5 0 01-7-7l8.5-8.5a3.5 3.5 0 015 5L10 17.5a1.8 1.8 0 01-2.5-2.5l7.5-7.5",
);
export const FileIcon = icon("M13 3H6v18h12V8zM13 3v5h5");
export const DownIcon = icon("M12 5v14M6 13l6 6 6-6");
export const ClockIcon = icon("M12 4a8 8 0 100 16 8 8 0 000-16M12 8v4.5l3 1.5");
export const SentIcon = icon("M5 12.5l4.5 4.5L19 7.5");
export const ReadIcon = icon("M2 12.5l4.5 4.5L15 8M12 16l1 1 9-9.5");
export const FailedIcon = icon("M12 4a8 8 0 100 16 8 8 0 000-16M12 8v5M12 16v.1");
export const SoundIcon = icon("M4 10v4h3l5 4V6L7 10zM16 9a4 4 0 010 6M18.5 6.5a8 8 0 010 11");
export const MutedIcon = icon("M4 10v4h3l5 4V6L7 10zM16 10l5 5M21 10l-5 5");
