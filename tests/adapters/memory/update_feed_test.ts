import { MemoryUpdateFeed } from "../../../src/adapters/memory/update_feed.ts";
import { describeUpdateFeed } from "../../contracts/update_feed.ts";

describeUpdateFeed("memory", () => ({ port: new MemoryUpdateFeed(), close: () => {} }));
