/** /livez, /readyz and /metrics of a bridge: it has no other interface over HTTP. */
import type { BridgeState } from "../bridge/bridge_state.ts";
import { OutsideFailure } from "../domain/failure.ts";
import type { Metrics } from "../ports/metrics.ts";

export interface Health {
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens on every address: a health check may come from outside. Nothing that it says is anybody's secret. */
export function serveHealth(port: number, state: BridgeState, metrics: Metrics): Health {
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === "/livez") return Response.json({ status: "alive" });
    if (pathname === "/metrics") return new Response(await metrics.expose());
    if (pathname !== "/readyz") {
      return new Response("there are /livez, /readyz and /metrics\n", { status: 404 });
    }
    const isReady = state.isReady(["requests", "events"]);
    const status = isReady ? "ready" : "not ready";
    return Response.json({ status, warnings: state.warnings }, { status: isReady ? 200 : 503 });
  };
  try {
    const server = Deno.serve({ port, hostname: "0.0.0.0", onListen: () => {} }, answer);
    return { url: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
  } catch (cause) {
    throw new OutsideFailure(`listening on port ${port} failed; choose another --health-port`, { cause });
  }
}
