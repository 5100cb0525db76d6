/** A consumer that never finishes its first batch: url, then topic and group. Prints a line when it has begun. */
import { KafkaTopics } from "../../../src/adapters/kafka/topics.ts";

const [url, topic] = Deno.args;
const topics = new KafkaTopics(url);
await topics.consume({ topics: [topic], group: topic, from: "beginning" }, () => {
  console.log("begun");
  return new Promise(() => {});
}, new AbortController().signal);
