/** What the streaming peer needs, beside the other peers' environment: a Spark whose connectors can be had together. */
import { runToEnd } from "../../services/kafka_installation.ts";

export const SPARK_VERSION = "4.0.0", CONNECTOR_VERSION = "10.5.0";

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>foz</groupId><artifactId>spark-bridge</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.spark</groupId><artifactId>spark-sql-kafka-0-10_2.13</artifactId><version>${SPARK_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.mongodb.spark</groupId><artifactId>mongo-spark-connector_2.13</artifactId><version>${CONNECTOR_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

function folder(): string {
  const home = Deno.env.get("HOME") ?? ".";
  return `${Deno.env.get("XDG_CACHE_HOME") ?? `${home}/.cache`}/foz-bench/streaming-${SPARK_VERSION}`;
}

/** Made once, in the user's cache folder; takes minutes. Gives the path of Python, and the folder of the connectors' jars. */
export async function prepareStreaming(): Promise<{ python: string; jars: string }> {
  const at = folder(), whole = `${at}/whole`, python = `${at}/python/bin/python`, jars = `${at}/jars`;
  if (await Deno.stat(whole).then(() => true, () => false)) return { python, jars };
  console.error(`fetching Spark ${SPARK_VERSION} with its connectors into ${at} ...`);
  await Deno.mkdir(at, { recursive: true });
  await Deno.writeTextFile(`${at}/pom.xml`, POM);
  await runToEnd("mvn", ["-B", "-q", COPY, `-DoutputDirectory=${jars}`, "-DincludeScope=runtime"], at);
  await runToEnd("python3", ["-m", "venv", "--clear", `${at}/python`]);
  await runToEnd(python, ["-m", "pip", "install", "--quiet", `pyspark==${SPARK_VERSION}`]);
  await Deno.writeTextFile(whole, "");
  return { python, jars };
}
