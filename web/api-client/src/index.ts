/** The typed client of the server's HTTP API. `schema.d.ts` is generated from `openapi.json`. */
import createClient, { type Client, type ClientOptions } from "openapi-fetch";
import type { components, paths } from "./schema";

export type { components, paths } from "./schema";

/** Every object the API names, by its name in the document. */
export type Schemas = components["schemas"];

export type ApiClient = Client<paths>;

/** A client for the server at `options.baseUrl`; pass `fetch` to add authorisation. */
export function createApiClient(options: ClientOptions): ApiClient {
  return createClient<paths>(options);
}
