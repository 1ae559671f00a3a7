// A member as a program sees one: joined over HTTP, connected with the official Socket.IO client, remembering everything.
import { createHmac, randomUUID } from "node:crypto";
import { io } from "socket.io-client";
import { equal, until } from "./check.mjs";

export const { KONEKTOR_URL: url, KONEKTOR_ACCESS_KEY: key } = process.env;
export const password = "Correct-Horse-42";

/** Everything that was received: `{to, from, json}`, `to` being the member and `from` an event or a route. */
export const received = [];

/** A JSON request; its status and body. */
export async function post(route, body, { to = null, headers = {} } = {}) {
  const options = { method: "POST", headers: { "content-type": "application/json", ...headers } };
  const response = await fetch(url + route, { ...options, body: JSON.stringify(body) });
  const json = await response.json();
  received.push({ to: to ?? json.user?.id, from: route, json });
  return { status: response.status, json };
}

/** An access token of that login which ran out a second ago; made with the server's own key. */
export function expired(token) {
  const [head, body] = token.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url"));
  const signed = `${head}.${Buffer.from(JSON.stringify({ ...claims, exp: Date.now() / 1000 - 1 })).toString("base64url")}`;
  return `${signed}.${createHmac("sha256", Buffer.from(key, "hex")).update(signed).digest("base64url")}`;
}

/** One login of a member, and its connections. */
export class Login {
  constructor(transports, email, { user, accessToken, refreshToken }) {
    Object.assign(this, { transports, email, user, token: accessToken, refresher: refreshToken, tabs: [] });
  }

  /** A connection that may be refused: `{tab}` or `{error}`. */
  async knock(auth = (give) => give({ token: this.token })) {
    const tab = new Tab(this, auth);
    this.tabs.push(tab);
    const outcome = await new Promise((resolve) => {
      tab.socket.once("connect", () => resolve({ tab }));
      tab.socket.once("connect_error", (error) => resolve({ tab, error }));
    });
    if (outcome.error) tab.socket.disconnect();
    return outcome;
  }

  /** A connection. */
  async connect() {
    const { tab, error } = await this.knock();
    if (error) throw error;
    return tab;
  }

  /** New tokens; the refresh token is good once. */
  async refresh(token = this.refresher) {
    const answer = await post("/auth/refresh", { refreshToken: token }, { to: this.user.id });
    if (answer.status === 200) [this.token, this.refresher] = [answer.json.accessToken, answer.json.refreshToken];
    return answer;
  }

  /** Another login of the same member. */
  async again() {
    const { status, json } = await post("/auth/login", { email: this.email, password });
    equal(status, 200);
    return new Login(this.transports, this.email, json);
  }

  close() {
    for (const tab of this.tabs) tab.socket.disconnect();
  }
}

/** One connection. */
class Tab {
  constructor(login, auth) {
    this.login = login;
    this.told = [];
    this.gone = null;
    const quick = { reconnectionDelay: 20, reconnectionDelayMax: 50, forceNew: true };
    this.socket = io(url, { transports: login.transports, auth, ...quick });
    this.socket.on("disconnect", (reason) => (this.gone = reason));
    this.socket.onAny((name, payload) => {
      received.push({ to: login.user.id, from: name, json: payload });
      this.told.push({ name, payload });
    });
  }

  /** The whole ack. */
  async ack(name, ...args) {
    const ack = await this.socket.timeout(10_000).emitWithAck(name, ...args);
    received.push({ to: this.login.user.id, from: name, json: ack });
    return ack;
  }

  /** The ack's data; a refusal is a failure. */
  async ask(name, ...args) {
    const ack = await this.ack(name, ...args);
    equal(ack.ok, true, `${name}: ${JSON.stringify(ack.error)}`);
    return ack.data;
  }

  /** The code of a refusal; anything else is a failure. */
  async refused(name, ...args) {
    const ack = await this.ack(name, ...args);
    equal([ack.ok, typeof ack.error?.code, typeof ack.error?.message], [false, "string", "string"], name);
    return ack.error.code;
  }

  /** The payloads told under that name. */
  heard(name) {
    return this.told.filter((one) => one.name === name).map((one) => one.payload);
  }

  /** The first told payload of that name that fits. */
  hears(name, fits = () => true) {
    return until(() => this.heard(name).find(fits), `${name} at ${this.login.user.username}`);
  }
}

/** A new member: born on `dob`, invited with `invite`. */
export async function join(transports, dob, invite, username = "") {
  const email = `m${randomUUID()}@example.org`;
  const { status, json } = await post("/auth/signup", { email, password, confirm: password, dob, invite, username });
  equal(status, 201, JSON.stringify(json));
  return new Login(transports, email, json);
}

/** The login of a member who is there already. */
export async function logIn(transports, email) {
  const { status, json } = await post("/auth/login", { email, password });
  equal(status, 200, JSON.stringify(json));
  return new Login(transports, email, json);
}
