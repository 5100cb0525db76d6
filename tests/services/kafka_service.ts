/** A real Kafka broker: one node in KRaft mode on loopback, without Docker. */
import { freePorts } from "./free_ports.ts";
import { installKafka, runToEnd, SERVICES_FOLDER } from "./kafka_installation.ts";
import { endServer, startServer } from "./server_process.ts";

export interface KafkaService {
  /** "kafka://127.0.0.1:PORT" */
  readonly url: string;
  /** The same broker with user and password (PLAIN, SCRAM-SHA-256), in the clear and by TLS. */
  readonly saslUrl: string;
  readonly tlsUrl: string;
  /** Of the certificate that the TLS listener shows; it signed itself. */
  readonly certificateFile: string;
  /** Ends the broker as kill -9 does. */
  kill(): Promise<void>;
  /** Starts it again on its ports and its data; ends it before if it runs. */
  restart(): Promise<void>;
  /** Ends it and removes what it wrote. */
  stop(): Promise<void>;
}

const USER = "foz", PASSWORD = "river-mouth";

interface Ports {
  readonly plain: number;
  readonly sasl: number;
  readonly tls: number;
  readonly controller: number;
}

function properties(ports: Ports, folder: string): string {
  const listeners = [
    `PLAINTEXT://127.0.0.1:${ports.plain}`,
    `SASL_PLAINTEXT://127.0.0.1:${ports.sasl}`,
    `SASL_SSL://127.0.0.1:${ports.tls}`,
  ];
  const security = "org.apache.kafka.common.security";
  const plain = `${security}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`;
  const scram = `${security}.scram.ScramLoginModule required;`;
  const logins = ["sasl_plaintext", "sasl_ssl"].flatMap((listener) => [
    `listener.name.${listener}.plain.sasl.jaas.config=${plain}`,
    `listener.name.${listener}.scram-sha-256.sasl.jaas.config=${scram}`,
  ]);
  return [
    "process.roles=broker,controller",
    "node.id=1",
    `controller.quorum.voters=1@127.0.0.1:${ports.controller}`,
    `listeners=${listeners.join(",")},CONTROLLER://127.0.0.1:${ports.controller}`,
    `advertised.listeners=${listeners.join(",")}`,
    "controller.listener.names=CONTROLLER",
    "inter.broker.listener.name=PLAINTEXT",
    "listener.security.protocol.map=" +
    "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
    "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256",
    ...logins,
    `ssl.keystore.location=${folder}/keystore.p12`,
    "ssl.keystore.type=PKCS12",
    `ssl.keystore.password=${PASSWORD}`,
    `log.dirs=${folder}/data`,
    "auto.create.topics.enable=false",
    "offsets.topic.num.partitions=4",
    "offsets.topic.replication.factor=1",
    "transaction.state.log.num.partitions=4",
    "transaction.state.log.replication.factor=1",
    "transaction.state.log.min.isr=1",
    "group.initial.rebalance.delay.ms=0",
    // A consumer that was killed is noticed soon.
    "group.min.session.timeout.ms=1000",
    "",
  ].join("\n");
}

/** A certificate for 127.0.0.1 that signed itself. */
async function makeCertificate(folder: string): Promise<void> {
  const store = ["-keystore", `${folder}/keystore.p12`, "-storetype", "PKCS12", "-storepass", PASSWORD];
  await runToEnd("keytool", [
    ...["-genkeypair", "-alias", "broker", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "365"],
    ...["-dname", "CN=127.0.0.1", "-ext", "SAN=ip:127.0.0.1", ...store],
  ]);
  const pem = ["-exportcert", "-rfc", "-alias", "broker", "-file", `${folder}/certificate.pem`];
  await runToEnd("keytool", [...pem, ...store]);
}

function javaArguments(jars: string, folder: string, ...call: string[]): string[] {
  const logging = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", `-Dkafka.logs.dir=${folder}`];
  return ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", ...logging]
    .concat(["-cp", `${jars}/*`, ...call]);
}

/** Fetches the broker's files if need be, and starts it on free ports. */
export async function startKafka(): Promise<KafkaService> {
  const jars = await installKafka();
  const folder = Deno.makeTempDirSync({ dir: SERVICES_FOLDER, prefix: "kafka-run-" });
  const [plain, sasl, tls, controller] = freePorts(4);
  await makeCertificate(folder);
  Deno.writeTextFileSync(`${folder}/server.properties`, properties({ plain, sasl, tls, controller }, folder));
  const cluster =
    (await runToEnd("java", javaArguments(jars, folder, "kafka.tools.StorageTool", "random-uuid")))
      .trim().split("\n").at(-1)!;
  const format = ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", `${folder}/server.properties`];
  const scram = ["--add-scram", `SCRAM-SHA-256=[name=${USER},password=${PASSWORD}]`];
  await runToEnd("java", javaArguments(jars, folder, ...format, ...scram));
  let broker = await startBroker(jars, folder, plain);
  const end = (signal: Deno.Signal) => endServer(broker, signal);
  return {
    url: `kafka://127.0.0.1:${plain}`,
    saslUrl: `kafka://${USER}:${PASSWORD}@127.0.0.1:${sasl}`,
    tlsUrl: `kafkas://${USER}:${PASSWORD}@127.0.0.1:${tls}`,
    certificateFile: `${folder}/certificate.pem`,
    kill: () => end("SIGKILL"),
    restart: async () => {
      await end("SIGTERM");
      broker = await startBroker(jars, folder, plain);
    },
    stop: async () => {
      await end("SIGKILL");
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

function startBroker(jars: string, folder: string, port: number): Promise<Deno.ChildProcess> {
  return startServer({
    name: `the Kafka broker on port ${port}`,
    program: "java",
    args: javaArguments(jars, folder, "kafka.Kafka", `${folder}/server.properties`),
    logFile: `${folder}/broker.log`,
    isUp: () => answers(port),
  });
}

/** ApiVersions, version 0, correlation id 7, no client id: the one request that every broker answers. */
const API_VERSIONS = Uint8Array.of(0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff);

async function answers(port: number): Promise<boolean> {
  let connection: Deno.TcpConn | undefined;
  try {
    connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(API_VERSIONS);
    const answer = new Uint8Array(10);
    const length = await connection.read(answer);
    // After the size: the correlation id, then no error.
    return length === 10 && answer[7] === 7 && answer[8] === 0 && answer[9] === 0;
  } catch {
    return false;
  } finally {
    connection?.close();
  }
}
