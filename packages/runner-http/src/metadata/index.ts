export { asyncHttpMetadata, type AsyncHttpInvocation, type Preset } from "./async-http-metadata.ts";
export {
  httpMetadata,
  type EventStream,
  type HttpInvocation,
  type HttpRequest,
  type SecretReference,
} from "./http-metadata.ts";
