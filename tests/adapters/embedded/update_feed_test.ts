import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import { EmbeddedUpdateFeed } from "../../../src/adapters/embedded/update_feed.ts";
import { describeUpdateFeed } from "../../contracts/update_feed.ts";
import { newDatabase } from "./temporary_file.ts";

describeUpdateFeed("embedded", () => {
  const database = newDatabase();
  return { port: new EmbeddedUpdateFeed(database, systemClock), close: () => database.close() };
});
