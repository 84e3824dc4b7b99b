import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  stripSearchParams,
} from "@tanstack/react-router";
import { SignInPage } from "./features/auth/sign-in-page";
import { DEFAULT_FILTER, parseFilter } from "./features/inbox/filter";
import { InboxPage } from "./features/inbox/inbox-page";
import { NoConversation } from "./features/inbox/no-conversation";
import { AppFrame } from "./features/shell/app-frame";
import { CrashPage, NotFoundPage } from "./features/shell/dead-ends";
import { ThreadPage } from "./features/thread/thread-page";
import { allows, sessionStore } from "./session/session";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: SignInPage,
  beforeLoad: () => {
    if (sessionStore.get() !== null) throw redirect({ to: "/inbox", search: DEFAULT_FILTER });
  },
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(() => import("./features/auth/invitation-page"), "InvitationPage"),
});

const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  component: AppFrame,
  beforeLoad: () => {
    if (sessionStore.get() === null) throw redirect({ to: "/sign-in" });
  },
});

const home = createRoute({
  getParentRoute: () => app,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox", search: DEFAULT_FILTER });
  },
});

const inbox = createRoute({
  getParentRoute: () => app,
  path: "/inbox",
  component: InboxPage,
  validateSearch: parseFilter,
  search: { middlewares: [stripSearchParams(DEFAULT_FILTER)] },
});

const inboxIndex = createRoute({
  getParentRoute: () => inbox,
  path: "/",
  component: NoConversation,
});

const thread = createRoute({
  getParentRoute: () => inbox,
  path: "$conversationId",
  component: ThreadPage,
});

const customers = createRoute({
  getParentRoute: () => app,
  path: "/customers",
  component: lazyRouteComponent(
    () => import("./features/customers/customers-page"),
    "CustomersPage",
  ),
});

const customer = createRoute({
  getParentRoute: () => app,
  path: "/customers/$customerId",
  component: lazyRouteComponent(() => import("./features/customers/customer-page"), "CustomerPage"),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: "/settings",
  component: lazyRouteComponent(() => import("./features/settings/settings-page"), "SettingsPage"),
});

const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: () => {
    const manages = allows(sessionStore.get()?.user.permissions ?? [], "settings:read");
    throw redirect({ to: manages ? "/settings/channels" : "/settings/profile" });
  },
});

const channels = createRoute({
  getParentRoute: () => settings,
  path: "/channels",
  component: lazyRouteComponent(() => import("./features/settings/channels"), "ChannelsSection"),
});

const channelLog = createRoute({
  getParentRoute: () => settings,
  path: "/channels/$channelId",
  component: lazyRouteComponent(() => import("./features/settings/channel-log"), "ChannelLog"),
});

const routing = createRoute({
  getParentRoute: () => settings,
  path: "/routing",
  component: lazyRouteComponent(() => import("./features/settings/routing"), "RoutingSection"),
});

const hours = createRoute({
  getParentRoute: () => settings,
  path: "/hours",
  component: lazyRouteComponent(() => import("./features/settings/hours"), "HoursSection"),
});

const apiKeys = createRoute({
  getParentRoute: () => settings,
  path: "/api-keys",
  component: lazyRouteComponent(() => import("./features/settings/api-keys"), "ApiKeysSection"),
});

const superadmin = createRoute({
  getParentRoute: () => root,
  path: "/superadmin",
  component: lazyRouteComponent(
    () => import("./features/superadmin/superadmin-page"),
    "SuperadminPage",
  ),
});

const people = createRoute({
  getParentRoute: () => settings,
  path: "/people",
  component: lazyRouteComponent(() => import("./features/settings/people"), "PeopleSection"),
});

const teams = createRoute({
  getParentRoute: () => settings,
  path: "/teams",
  component: lazyRouteComponent(() => import("./features/settings/teams"), "TeamsSection"),
});

const canned = createRoute({
  getParentRoute: () => settings,
  path: "/canned-responses",
  component: lazyRouteComponent(() => import("./features/settings/canned"), "CannedSection"),
});

const customerFields = createRoute({
  getParentRoute: () => settings,
  path: "/customer-fields",
  component: lazyRouteComponent(
    () => import("./features/settings/customer-fields"),
    "CustomerFieldsSection",
  ),
});

const webhooks = createRoute({
  getParentRoute: () => settings,
  path: "/webhooks",
  component: lazyRouteComponent(() => import("./features/settings/webhooks"), "WebhooksSection"),
});

const webhookLog = createRoute({
  getParentRoute: () => settings,
  path: "/webhooks/$webhookId",
  component: lazyRouteComponent(() => import("./features/settings/webhook-log"), "WebhookLog"),
});

const profile = createRoute({
  getParentRoute: () => settings,
  path: "/profile",
  component: lazyRouteComponent(() => import("./features/settings/profile"), "ProfileSection"),
});

const routeTree = root.addChildren([
  signIn,
  superadmin,
  invitation,
  app.addChildren([
    home,
    inbox.addChildren([inboxIndex, thread]),
    customers,
    customer,
    settings.addChildren([
      settingsIndex,
      channels,
      routing,
      hours,
      people,
      teams,
      apiKeys,
      canned,
      customerFields,
      webhooks,
      webhookLog,
      channelLog,
      profile,
    ]),
  ]),
]);

export function createAppRouter() {
  return createRouter({
    routeTree,
    defaultPreload: "intent",
    defaultErrorComponent: CrashPage,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
