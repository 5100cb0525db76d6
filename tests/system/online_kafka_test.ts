/** `foz online` between two programs that are not ours: Kafka's Java client writes the observations and reads the predictions. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openTopics } from "../../src/commands/open_topics.ts";
import { partitionOf } from "../../src/domain/partitioner.ts";
import { makeModel } from "../online/make_model.ts";
import { sparseStream } from "../online/random_stream.ts";
import { installKafka, runToEnd, whyNoKafka } from "../services/kafka_installation.ts";
import { freshName, KAFKA_URL, skipWithout } from "../services/test_services.ts";
import { fozJson } from "./program.ts";

const SOURCE = `
import java.nio.file.*;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;

public class Talk {
  static final String TEXT = "org.apache.kafka.common.serialization.String";

  /** write BROKERS TOPIC FILE: its lines, with the keys key-0 to key-9; read BROKERS TOPIC COUNT: key, header, value. */
  public static void main(String[] args) throws Exception {
    var properties = new Properties();
    properties.put("bootstrap.servers", args[1]);
    if (args[0].equals("write")) write(properties, args[2], Files.readAllLines(Path.of(args[3])));
    else read(properties, args[2], Integer.parseInt(args[3]));
  }

  static void write(Properties properties, String topic, List<String> lines) {
    properties.put("key.serializer", TEXT + "Serializer");
    properties.put("value.serializer", TEXT + "Serializer");
    try (var producer = new KafkaProducer<String, String>(properties)) {
      for (int i = 0; i < lines.size(); i++) {
        producer.send(new ProducerRecord<>(topic, "key-" + i % 10, lines.get(i)));
      }
    }
  }

  static void read(Properties properties, String topic, int count) {
    properties.put("key.deserializer", TEXT + "Deserializer");
    properties.put("value.deserializer", TEXT + "Deserializer");
    properties.put("group.id", topic + ".reader");
    properties.put("auto.offset.reset", "earliest");
    try (var consumer = new KafkaConsumer<String, String>(properties)) {
      consumer.subscribe(List.of(topic));
      for (int seen = 0; seen < count;) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          var header = new String(record.headers().lastHeader("foz-observation").value());
          System.out.println(record.key() + "\\t" + header + "\\t" + record.value());
          seen++;
        }
      }
    }
  }
}
`;

/** The caller's broker may be there without Java. */
const skip = skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA") || (await whyNoKafka() ?? false);
const COUNT = 200;
const MODEL = "scale | linear";

describe("foz online and Kafka's Java client", () => {
  it("understand each other", { skip }, async () => {
    const folder = await Deno.makeTempDir(), jars = await installKafka();
    const observations = sparseStream(COUNT, 12).map(({ features, target }) => ({
      features,
      target: target as number,
    }));
    await Deno.writeTextFile(`${folder}/Talk.java`, SOURCE);
    await Deno.writeTextFile(
      `${folder}/observations`,
      observations.map(({ features, target }) => JSON.stringify({ ...features, y: target })).join("\n"),
    );
    const brokers = new URL(KAFKA_URL.replace(/^kafkas?:/, "http:")).host;
    const talk = (...args: string[]) => {
      const logging = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error";
      return runToEnd("java", [
        logging,
        "-XX:TieredStopAtLevel=1",
        "-cp",
        `${jars}/*`,
        `${folder}/Talk.java`,
        ...args,
      ]);
    };
    const topic = freshName("observations"), answers = freshName("predictions");
    const topics = await openTopics(KAFKA_URL);
    await topics.create(topic, 3);
    await talk("write", brokers, topic, `${folder}/observations`);
    const flags = ["--model", MODEL, "--stream", `topic:${topic}`, "--target", "y", "--limit", `${COUNT}`];
    const document = await fozJson([
      "online",
      ...flags,
      "--kafka",
      KAFKA_URL,
      "--kafka-predictions",
      answers,
    ]);
    assert.equal(document.events, COUNT);
    const lines = (await talk("read", brokers, answers, `${COUNT}`)).trim().split("\n").map((line) =>
      line.split("\t")
    );
    assert.equal(lines.length, COUNT);

    // In the order in which they were answered, by a model of our own.
    const places = new Map<string, number>(), counts = [0, 0, 0], model = makeModel(MODEL);
    for (let i = 0; i < COUNT; i++) {
      const partition = partitionOf(new TextEncoder().encode(`key-${i % 10}`), 3);
      places.set(`${topic}-${partition}-${counts[partition]++}`, i);
    }
    let errors = 0;
    for (const [key, header, value] of lines) {
      const i = places.get(header)!, answer = JSON.parse(value), { features, target } = observations[i];
      assert.equal(key, `key-${i % 10}`);
      assert.equal(`${answer.topic}-${answer.partition}-${answer.offset}`, header);
      assert.equal(answer.prediction, model.predictOne(features));
      errors += Math.abs(answer.prediction - target);
      model.learnOne(features, target);
      places.delete(header);
    }
    assert.equal(places.size, 0);
    assert.ok(Math.abs(errors / COUNT - document.metrics.mae) < 1e-9);
    await topics.close();
    await Deno.remove(folder, { recursive: true });
  });
});
