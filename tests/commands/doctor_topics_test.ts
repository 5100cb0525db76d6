import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { checkTopics } from "../../src/commands/doctor_topics.ts";
import { openTopics } from "../../src/commands/open_topics.ts";
import { freshName, KAFKA_SASL_URL, KAFKA_URL, skipWithout } from "../services/test_services.ts";

function settingsOf(kafka: string) {
  const base = freshName("doctor");
  return {
    ...{ kafka, kafkaGroup: base, kafkaRequests: `${base}.req`, kafkaRecommendations: `${base}.rec` },
    kafkaEvents: `${base}.ev`,
  };
}

async function findsMissingTopics(kafka: string): Promise<void> {
  const settings = settingsOf(kafka), topics = await openTopics(kafka);
  for (const topic of [settings.kafkaEvents, `${settings.kafkaEvents}.dead`]) await topics.create(topic, 3);
  const findings = await checkTopics(settings);
  assert.deepEqual(findings.map(({ ok }) => ok), [true, false, false, true, false, true]);
  const missing = findings[1];
  assert.equal(missing.check, `topic ${settings.kafkaRequests}`);
  assert.match(missing.advice, /`foz bridge` makes it .* --create --topic doctor.*\.req --partitions 4/);
  assert.match(findings[3].found, /^3 partitions, 0 messages/);
  await topics.close();
}

describe("foz doctor, topics", () => {
  it("looks at none where none are configured", async () => {
    assert.deepEqual(await checkTopics(settingsOf("")), []);
  });

  it("finds missing topics in a file", async () => {
    const folder = Deno.makeTempDirSync();
    await findsMissingTopics(`sqlite:${folder}/topics.db`);
    Deno.removeSync(folder, { recursive: true });
  });

  it(
    "finds missing topics at a broker",
    { skip: skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA") },
    () => findsMissingTopics(KAFKA_URL),
  );

  it("finds that no broker is there, and what is no address", async () => {
    const [nobody, ...others] = await checkTopics(settingsOf("kafka://127.0.0.1:1"));
    assert.deepEqual([nobody.check, nobody.ok, others.length], ["kafka", false, 0]);
    assert.match(nobody.found, /127\.0\.0\.1:1 .*ECONNREFUSED/);
    assert.match(nobody.advice, /`deno task services` starts one/);
    const [wrong] = await checkTopics(settingsOf("kafka://u:secret@h:1?x=1"));
    assert.match(wrong.found, /is no address of a Kafka broker/);
    assert.ok(!wrong.found.includes("secret"));
  });

  it(
    "finds that a password is wrong",
    { skip: skipWithout(KAFKA_SASL_URL, "FOZ_TEST_KAFKA_SASL") },
    async () => {
      const [wrong] = await checkTopics(settingsOf(KAFKA_SASL_URL.replace(/:[^:@/]*@/, ":wrong@")));
      assert.equal(wrong.ok, false);
      assert.match(wrong.found, /refuses this user and password/);
      assert.match(wrong.advice, /kafkas:\/\/USER:PASSWORD@HOST/);
    },
  );
});
