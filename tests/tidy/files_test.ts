import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { readSources, ROOT } from "./source_files.ts";

/** Files without logic of their own (interfaces, nouns) or whose behaviour a named test elsewhere holds. */
const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {
  "src/domain/failure.ts": "tests/commands/report_failure_test.ts",
  ...Object.fromEntries(
    // Compared with another program's figures, choice by choice.
    ["models/alma", "models/nearest_neighbours", "models/softmax", "registry/class_models"]
      .concat(["registry/neighbour_models", "registry/tree_models"])
      .map((name) => [`src/online/${name}.ts`, "tests/online/river_models_test.ts"]),
  ),
  "src/adapters/embedded/log_batch.ts": "tests/adapters/embedded/newest_events_test.ts",
  "src/stream/packed_arrays.ts": "tests/stream/learner_state_test.ts",
  "src/online/models/factorization_machine.ts": "tests/online/registry/machine_models_test.ts",
  "src/online/models/tree/class_leaf.ts": "tests/online/models/tree/hoeffding_classifier_test.ts",
  "src/online/models/tree/regression_leaf.ts": "tests/online/models/tree/hoeffding_regressor_test.ts",
  "src/online/registry/number_specs.ts": "tests/online/registry_test.ts",
  "src/online/registry/wrappers.ts": "tests/online/every_model_test.ts",
  ...Object.fromEntries(
    // Composition roots: run as real processes.
    [
      "demo",
      "demo/demo_walk",
      "demo/demo_world",
      "doctor",
      "file_source",
      "generations",
      "kernel_builds",
    ]
      .concat(
        ["open_compute", "plain_table", "recommend", "train", "train_output", "up"],
      ).map((name) => [`src/commands/${name}.ts`, "tests/system/line_test.ts"]),
  ),
  ...Object.fromEntries(
    ["lead_learning", "learner_messages", "learner_worker"]
      .map((name) => [`src/commands/${name}.ts`, "tests/system/live_test.ts"]),
  ),
  ...Object.fromEntries(
    ["consumer", "file", "groups", "messages"]
      .map((part) => [`src/adapters/embedded/topics_${part}.ts`, "tests/adapters/embedded/topics_test.ts"]),
  ),
  "src/commands/part_worker.ts": "tests/commands/part_threads_test.ts",
  "src/ingest/scanner_of.ts": "tests/ingest/join_parts_test.ts",
  "src/commands/online/online_flags.ts": "tests/commands/online_test.ts",
  "src/online/hosted/make_hosted_model.ts": "tests/online/hosted/hosted_models_test.ts",
  "src/online/hosted/model_failures.ts": "tests/serve/routes/models_test.ts",
  ...Object.fromEntries(
    ["end_with_launcher", "run_pipeline", "run_process", "run_supervisor"]
      .map((name) => [`src/commands/run/${name}.ts`, "tests/commands/run_test.ts"]),
  ),
  ...Object.fromEntries(
    ["bridge", "start_bridge"].map((name) => [`src/commands/${name}.ts`, "tests/system/bridge_test.ts"]),
  ),
  // Parts of the store in MongoDB whose work shows on a server only.
  ...Object.fromEntries(
    [
      ["chunks", "generation_store"],
      ["feed_watch", "update_feed"],
      ["item_catalog", "contracts"],
      ["log_erasure", "event_log"],
      ["log_plan", "contracts"],
      ["log_reader", "event_log"],
      ["log_state", "event_log"],
      ["log_writer", "lost_answers"],
      ["open", "event_log"],
      ["store_state", "lost_answers"],
    ].map(([name, test]) => [`src/adapters/mongodb/${name}.ts`, `tests/adapters/mongodb/${test}_test.ts`]),
  ),
  "src/main.ts": "tests/system/line_test.ts",
  "src/commands/erasures.ts": "tests/system/erase_test.ts",
  "src/batch/assemble_generation.ts": "tests/batch/run_generation_test.ts",
};

const sources = readSources("src");
const tests = readSources("tests");

function hasLogic(text: string): boolean {
  return /\b(function|class)\b/.test(text.replaceAll(/\/\*[\s\S]*?\*\//g, ""));
}

function mirroredTest(path: string): string {
  return path.replace(/^src\//, "tests/").replace(/\.tsx?$/, "_test.ts");
}

describe("sources", () => {
  it("each have a mirrored test, or a named one elsewhere", () => {
    const paths = new Set(tests.map((file) => file.path));
    const missing = sources.filter(({ path, text }) => {
      if (!hasLogic(text) || path.startsWith("src/ports/")) return false;
      return !paths.has(TESTED_ELSEWHERE[path] ?? mirroredTest(path));
    });
    assert.deepEqual(missing.map((file) => file.path), []);
  });

  it("that are said to be tested elsewhere exist", () => {
    const paths = new Set(sources.map((file) => file.path));
    assert.deepEqual(Object.keys(TESTED_ELSEWHERE).filter((path) => !paths.has(path)), []);
  });

  it("hold no unfinished work", () => {
    const word = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "X" + "XX"].join("|")})\\b`);
    assert.deepEqual(
      [...sources, ...tests].filter((file) => word.test(file.text)).map((file) => file.path),
      [],
    );
  });

  it("have snake_case names", () => {
    const names = [...sources, ...tests].map((file) => file.path).filter((path) =>
      !/^(src|tests|tests\/core-wasm)\/[a-z0-9_/.]+$/.test(path)
    );
    assert.deepEqual(names, []);
  });

  it("stay below 400 lines, the tests below 600", () => {
    const long = [...sources, ...tests].filter(({ path, text }) =>
      text.split("\n").length > (path.startsWith("src/") ? 400 : 600)
    );
    assert.deepEqual(long.map((file) => file.path), []);
  });
});

describe("the project", () => {
  it("pins its npm dependencies exactly", () => {
    const { imports } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)) as {
      imports: Record<string, string>;
    };
    const loose = Object.values(imports).filter((target) =>
      target.startsWith("npm:") && !/@\d+\.\d+\.\d+$/.test(target)
    );
    assert.deepEqual(loose, []);
  });
});
