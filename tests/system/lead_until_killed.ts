/** A process that writes checkpoints on behalf of a lease to the store at Deno.args[0] and tells what happens, until it is killed. */
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { openStore } from "../../src/commands/open_store.ts";
import { lead } from "../../src/stream/lead.ts";

const [url, holder] = Deno.args;
const { leases, checkpoints } = await openStore(url);
const onNote = ({ what, error }: { what: string; error?: unknown }) => console.log(`${what} ${error ?? ""}`);
await lead(
  { leases, clock: systemClock, name: "learner", holder, onNote },
  new AbortController().signal,
  async (fence, signal) => {
    for (let n = 1; !signal.aborted; n++) {
      const state = new TextEncoder().encode(holder);
      await checkpoints.write(
        { generation: "g000001", offset: 1_000_000 * fence.token + n, state },
        2,
        fence,
      );
      console.log(`wrote ${fence.token}`);
      await systemClock.sleep(300, signal);
    }
  },
);
