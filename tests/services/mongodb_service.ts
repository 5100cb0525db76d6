/**
 * A real server of MongoDB's wire protocol on loopback, without Docker: SecantusDB, which stores with WiredTiger as MongoDB
 * does. It is fetched once by pip into a virtual environment in the project's data folder.
 */
import { freePorts } from "./free_ports.ts";
import { runToEnd, SERVICES_FOLDER } from "./kafka_installation.ts";
import { endServer, startServer } from "./server_process.ts";

export const SECANTUSDB_VERSION = "0.7.0b3";
/** For the tests' own readers in Python. */
const PYMONGO_VERSION = "4.20.0";
const USER = "foz", PASSWORD = "river-mouth";

export interface MongoDbOptions {
  /** Only the user of `userUrl` may do anything. */
  readonly withUser?: boolean;
  /** It says that it is no replica set: no change streams, no majority. */
  readonly isStandalone?: boolean;
  /** It speaks TLS, with a certificate for 127.0.0.1 that signed itself (openssl makes it). */
  readonly withTls?: boolean;
}

export interface MongoDbService {
  /** "mongodb://127.0.0.1:PORT", to which a path with a database is to be added. With user and password where it wants some. */
  readonly url: string;
  /** The same without user and password. */
  readonly plainUrl: string;
  /** The certificate that it shows, with TLS. */
  readonly certificateFile: string;
  /** Ends the server as kill -9 does. */
  kill(): Promise<void>;
  /** Starts it again on its port and its data; ends it before if it runs. */
  restart(): Promise<void>;
  /** Ends it and removes what it wrote. */
  stop(): Promise<void>;
}

const folder = `${SERVICES_FOLDER}/secantusdb-${SECANTUSDB_VERSION}`;
/** With pymongo in it. */
export const PYTHON = `${folder}/bin/python`;
const SERVER = `${folder}/bin/secantusd-py`;

/** Why a server cannot be started here; undefined if it can. */
export async function whyNoMongoDb(): Promise<string | undefined> {
  if (isInstalled()) return undefined;
  try {
    await runToEnd("python3", ["-c", "import venv, ensurepip, sys; assert sys.version_info >= (3, 10)"]);
    return undefined;
  } catch {
    return "Python 3.10 or newer with venv is not installed";
  }
}

function isInstalled(): boolean {
  try {
    return Deno.statSync(`${folder}/whole`).isFile;
  } catch {
    return false;
  }
}

/** The first time it is fetched (some 60 MB with what it needs). */
export async function installMongoDb(): Promise<void> {
  if (isInstalled()) return;
  Deno.mkdirSync(SERVICES_FOLDER, { recursive: true });
  // A virtual environment cannot be moved: a file that is written last says that it is whole.
  await runToEnd("python3", ["-m", "venv", "--clear", folder]);
  const packages = [`secantusdb==${SECANTUSDB_VERSION}`, `pymongo==${PYMONGO_VERSION}`];
  await runToEnd(PYTHON, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
  Deno.writeTextFileSync(`${folder}/whole`, packages.join("\n"));
}

/** Fetches the server if need be, and starts it on a free port. */
export async function startMongoDb(options: MongoDbOptions = {}): Promise<MongoDbService> {
  await installMongoDb();
  const data = Deno.makeTempDirSync({ dir: SERVICES_FOLDER, prefix: "mongodb-run-" });
  const [port] = freePorts(1), flags = options.isStandalone ? ["--standalone"] : [];
  const certificateFile = `${data}/certificate.pem`;
  if (options.withTls) flags.push(...await makeCertificate(certificateFile, `${data}/key.pem`));
  let server = await startMongod(port, data, flags);
  const end = (signal: Deno.Signal) => endServer(server, signal);
  if (options.withUser) {
    await makeUser(port);
    await end("SIGTERM");
    flags.push("--auth");
    server = await startMongod(port, data, flags);
  }
  const plainUrl = `mongodb://127.0.0.1:${port}`;
  return {
    url: options.withUser ? `mongodb://${USER}:${PASSWORD}@127.0.0.1:${port}` : plainUrl,
    plainUrl,
    certificateFile,
    kill: () => end("SIGKILL"),
    restart: async () => {
      await end("SIGTERM");
      server = await startMongod(port, data, flags);
    },
    stop: async () => {
      await end("SIGKILL");
      Deno.removeSync(data, { recursive: true });
    },
  };
}

/** Gives the flags of the server. */
async function makeCertificate(certificate: string, key: string): Promise<string[]> {
  await runToEnd("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-keyout", key, "-out", certificate],
    ...["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
  ]);
  return ["--tls-cert-file", certificate, "--tls-key-file", key];
}

/** Starts one for the time of `body`, and stops it whatever becomes of that. */
export async function withMongoDb(
  options: MongoDbOptions,
  body: (server: MongoDbService) => Promise<void>,
): Promise<void> {
  const server = await startMongoDb(options);
  try {
    await body(server);
  } finally {
    await server.stop();
  }
}

function startMongod(port: number, data: string, flags: readonly string[]): Promise<Deno.ChildProcess> {
  const where = ["--host", "127.0.0.1", "--port", `${port}`, "--storage-path", `${data}/storage`];
  return startServer({
    name: `the MongoDB server on port ${port}`,
    program: SERVER,
    args: ["--sync-on-commit", ...where, ...flags],
    logFile: `${data}/server.log`,
    isUp: () => listens(port),
  });
}

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

const MAKE_USER = `
import sys
from pymongo import MongoClient
client = MongoClient("127.0.0.1", int(sys.argv[1]))
client.admin.command("createUser", sys.argv[2], pwd=sys.argv[3], roles=["root"])
`;

async function makeUser(port: number): Promise<void> {
  await runToEnd(PYTHON, ["-c", MAKE_USER, `${port}`, USER, PASSWORD]);
}
