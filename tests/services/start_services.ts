/** Starts what the system tests need, apart from what the caller named, and what can be started here. */
import { whyNoKafka } from "./kafka_installation.ts";
import { startKafka } from "./kafka_service.ts";
import { startMongoDb, whyNoMongoDb } from "./mongodb_service.ts";

export interface Services {
  /** Variables by which test_services.ts finds the servers. */
  readonly environment: Readonly<Record<string, string>>;
  /** What could not be started, and why. */
  readonly missing: readonly string[];
  stop(): Promise<void>;
}

interface Started {
  readonly environment: Record<string, string>;
  stop(): Promise<void>;
}

async function kafka(): Promise<Started> {
  const { url, saslUrl, tlsUrl, certificateFile, stop } = await startKafka();
  const environment = {
    // Consumers that tests kill are missed soon.
    FOZ_TEST_KAFKA: `${url}?session-ms=1500`,
    FOZ_TEST_KAFKA_SASL: saslUrl,
    FOZ_TEST_KAFKA_TLS: `${tlsUrl}?ca=${certificateFile}`,
  };
  return { environment, stop };
}

async function mongodb(): Promise<Started> {
  const { url, stop } = await startMongoDb();
  // Its data go with it: tests need not delete what they made.
  return { environment: { FOZ_TEST_MONGODB: url, FOZ_TEST_MONGODB_IS_OURS: "yes" }, stop };
}

const KINDS = [
  { name: "Kafka", variable: "FOZ_TEST_KAFKA", whyNot: whyNoKafka, start: kafka },
  { name: "MongoDB", variable: "FOZ_TEST_MONGODB", whyNot: whyNoMongoDb, start: mongodb },
];

export async function startServices(): Promise<Services> {
  const started: Started[] = [], missing: string[] = [];
  const stop = async () => {
    await Promise.all(started.map((one) => one.stop()));
  };
  try {
    await Promise.all(KINDS.map(async ({ name, variable, whyNot, start }) => {
      if (Deno.env.get(variable)) return;
      const reason = await whyNot();
      if (reason !== undefined) missing.push(`${name}: ${reason}`);
      else started.push(await start());
    }));
  } catch (error) {
    await stop();
    throw error;
  }
  return { environment: Object.assign({}, ...started.map(({ environment }) => environment)), missing, stop };
}
