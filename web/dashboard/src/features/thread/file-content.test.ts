import { describe, expect, it } from "vitest";
import { here } from "./file-content";

const SIGNED = "/api/v1/files/f/content?expires=1&signature=s";

describe("here", () => {
  it("keeps path and signature, by whatever name the server calls itself", () => {
    for (const origin of ["", location.origin, "http://localhost:8000", "https://salon.example"]) {
      expect(here(origin + SIGNED)).toBe(SIGNED);
    }
  });

  it("makes a path of our own of an address that leads elsewhere", () => {
    for (const url of [
      "https://evil.example/a.png",
      "//evil.example/a.png",
      "https://a//evil.example/a.png",
    ]) {
      const shown = new URL(here(url) ?? "", location.origin);
      expect(shown.origin, url).toBe(location.origin);
    }
  });

  it("has nothing for what is no address of the web", () => {
    for (const url of [
      undefined,
      "http://",
      "javascript:window.pwned=1",
      " jAvAsCrIpT:window.pwned=1",
      "javascript:javascript:window.pwned=1",
      "data:text/html,<script>window.pwned=1</script>",
      "blob:https://evil.example/a",
    ]) {
      expect(here(url), url).toBeUndefined();
    }
  });
});
