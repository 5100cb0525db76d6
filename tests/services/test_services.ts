/** Which servers the tests use: those that `deno task test:system` started, or the caller's own. */

/** Variables by which tests find servers. The two that follow FOZ_TEST_KAFKA are other ways to the same broker. */
export const KAFKA_URL = Deno.env.get("FOZ_TEST_KAFKA") ?? "";
export const KAFKA_SASL_URL = Deno.env.get("FOZ_TEST_KAFKA_SASL") ?? "";
export const KAFKA_TLS_URL = Deno.env.get("FOZ_TEST_KAFKA_TLS") ?? "";
export const MONGODB_URL = Deno.env.get("FOZ_TEST_MONGODB") ?? "";

/** For `{ skip }`: false where there is a server, else why the test is passed over. */
export function skipWithout(url: string, variable: string): string | false {
  return url === "" && `${variable} names no server; \`deno task test:system\` starts one`;
}

let count = 0;
/** A caller's broker outlives a test run: every test has names of its own. */
export function freshName(what: string): string {
  return `${what}.${Date.now()}.${Deno.pid}.${++count}`;
}
