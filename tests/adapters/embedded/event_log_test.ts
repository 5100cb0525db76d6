import { EmbeddedEventLog } from "../../../src/adapters/embedded/event_log.ts";
import { LogFile } from "../../../src/adapters/embedded/log_file.ts";
import { describeEventLog } from "../../contracts/event_log.ts";
import { newDatabase } from "./temporary_file.ts";

describeEventLog("embedded", async () => new EmbeddedEventLog(new LogFile(newDatabase()), { maxRunning: 1 }));

// Everything that is not of the last transaction or two is then looked up in sorted runs, merged ones too.
describeEventLog(
  "embedded, with its index on the disk",
  async () => new EmbeddedEventLog(new LogFile(newDatabase(), { flushCount: 5 }), { maxRunning: 1 }),
);
