import { MemoryItemCatalog } from "../../../src/adapters/memory/item_catalog.ts";
import { describeItemCatalog } from "../../contracts/item_catalog.ts";

describeItemCatalog("memory", () => ({ port: new MemoryItemCatalog(), close: () => {} }));
