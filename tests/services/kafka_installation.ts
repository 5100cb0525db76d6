/** The files of a Kafka broker, fetched once by Maven into the project's data folder. */
import { ROOT } from "../tidy/source_files.ts";

export const KAFKA_VERSION = "4.1.0";
/** The version that the broker's own logging interface wants. */
const SLF4J_VERSION = "1.7.36";
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/** Where services keep what they fetched and what they write; not part of the repository. */
export const SERVICES_FOLDER = `${ROOT}data/services`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>foz</groupId><artifactId>kafka-broker</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>${SLF4J_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Runs a program to its end; gives what it printed. Throws with it if the program fails or is not there. */
export async function runToEnd(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${text.slice(-2000)}`);
  return text;
}

/** Why a broker cannot be started here; undefined if it can. */
export async function whyNoKafka(): Promise<string | undefined> {
  let version = "";
  try {
    version = await runToEnd("java", ["-version"]);
  } catch {
    return "Java 17 or newer is not installed";
  }
  const major = Number(/version "(\d+)/.exec(version)?.[1] ?? 0);
  if (major < 17) return `Kafka ${KAFKA_VERSION} needs Java 17, here is ${major}`;
  if (isInstalled()) return undefined;
  try {
    await runToEnd("mvn", ["-version"]);
    return undefined;
  } catch {
    return "Maven is not installed, and the broker's files have not been fetched yet";
  }
}

const folder = `${SERVICES_FOLDER}/kafka-${KAFKA_VERSION}`;

function isInstalled(): boolean {
  try {
    return Deno.statSync(`${folder}/lib/kafka_2.13-${KAFKA_VERSION}.jar`).isFile;
  } catch {
    return false;
  }
}

/** The folder of the jars. The first time they are fetched (46 MB). */
export async function installKafka(): Promise<string> {
  if (isInstalled()) return `${folder}/lib`;
  Deno.mkdirSync(SERVICES_FOLDER, { recursive: true });
  // Made beside and moved into place: an interrupted fetch leaves nothing that looks whole.
  const making = Deno.makeTempDirSync({ dir: SERVICES_FOLDER, prefix: "kafka-" });
  Deno.writeTextFileSync(`${making}/pom.xml`, POM);
  await runToEnd("mvn", ["-B", "-q", COPY, "-DoutputDirectory=lib", "-DincludeScope=runtime"], making);
  try {
    Deno.renameSync(making, folder);
  } catch (error) {
    Deno.removeSync(making, { recursive: true });
    if (!isInstalled()) throw error;
  }
  return `${folder}/lib`;
}
