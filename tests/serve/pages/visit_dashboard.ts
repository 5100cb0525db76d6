/** The dashboard in a stand-in browser, at a planted server. */
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { dashboardPage } from "../../../src/serve/pages/dashboard_page.ts";
import { type PlantedServer, plantedServer, type PlantedServerOptions } from "../planted_server.ts";
import { type Visit, visit, type VisitOptions } from "./browser.ts";

/** A second passes at once where one is waited for. */
const clock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms < 1000 ? ms : 2, signal),
};

type Instead = (request: Request) => Response | Promise<Response> | undefined;

export interface DashboardVisit extends Visit {
  readonly server: PlantedServer;
  /** Paths that were asked for, with the method where it is not GET. */
  readonly asked: string[];
  /** Lets something else answer, for the requests for which it does. */
  replace(instead: Instead | undefined): void;
}

export async function visitDashboard(
  options: PlantedServerOptions & Pick<VisitOptions, "isCalm"> = {},
): Promise<DashboardVisit> {
  const server = await plantedServer({ clock, ...options });
  const asked: string[] = [];
  let answerInstead: Instead | undefined;
  const fetch = (request: Request) => {
    const { pathname, search } = new URL(request.url);
    asked.push((request.method === "GET" ? "" : request.method + " ") + pathname + search);
    return answerInstead?.(request) ?? server.app.fetch(request, {});
  };
  const page = visit({ page: dashboardPage, fetch, isCalm: options.isCalm });
  return {
    ...page,
    server,
    asked,
    replace: (instead) => answerInstead = instead,
    leave: async () => {
      await page.leave();
      await server.stop();
    },
  };
}
