/** Entry of the thread on which an embedded log is written: fsync never holds up the thread that answers. */
import { serveEventLog } from "../adapters/embedded/log_server.ts";
import type { LogPort } from "../adapters/embedded/log_messages.ts";

serveEventLog(self as unknown as LogPort);
