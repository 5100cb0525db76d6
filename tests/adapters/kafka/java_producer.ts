/** A producer that is not ours: Kafka's Java client, from the files of the broker. */
import { installKafka, runToEnd, whyNoKafka } from "../../services/kafka_installation.ts";

const SOURCE = `
import java.util.Properties;
import org.apache.kafka.clients.producer.*;

public class Produce {
  /** brokers, topic, compression, count: values "0", "1", ... with the keys "key-0", "key-1", ... */
  public static void main(String[] args) throws Exception {
    var properties = new Properties();
    properties.put("bootstrap.servers", args[0]);
    properties.put("compression.type", args[2]);
    properties.put("linger.ms", "200");
    properties.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
    properties.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
    try (var producer = new KafkaProducer<String, String>(properties)) {
      for (int i = 0; i < Integer.parseInt(args[3]); i++) {
        producer.send(new ProducerRecord<>(args[1], "key-" + i, "" + i));
      }
    }
  }
}
`;

/** Why it cannot run here; false if it can. */
export async function skipJavaProducer(): Promise<string | false> {
  return await whyNoKafka() ?? false;
}

export async function produceByJava(brokers: string, topic: string, compression: string, count: number) {
  const jars = await installKafka(), folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/Produce.java`, SOURCE);
  const logging = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error";
  const call = ["-cp", `${jars}/*`, `${folder}/Produce.java`, brokers, topic, compression, String(count)];
  await runToEnd("java", [logging, "-XX:TieredStopAtLevel=1", ...call]);
  Deno.removeSync(folder, { recursive: true });
}
