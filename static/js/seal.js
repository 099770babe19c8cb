// Opens the sealed text of a certificate in the browser: base45 → zlib → COSE_Sign1 (ES256) → CWT claims. See clinic/sealing.py.
"use strict";

const Seal = (() => {
  const PREFIX = "TVC1:";
  const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g).map((pair) => parseInt(pair, 16)));
  class BadSeal extends Error {}

  function base45(text) {
    const out = [];
    for (let at = 0; at < text.length; at += 3) {
      const [a, b, c] = [...text.slice(at, at + 3)].map((sign) => ALPHABET.indexOf(sign));
      if (a < 0 || b === undefined || b < 0 || c === -1) throw new BadSeal("DAMAGED");
      const value = a + b * 45 + (c === undefined ? 0 : c * 2025);
      if (value > (c === undefined ? 255 : 65535)) throw new BadSeal("DAMAGED");
      if (c !== undefined) out.push(value >> 8);
      out.push(value & 255);
    }
    return Uint8Array.from(out);
  }

  async function unpacked(bytes) {
    try {
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    } catch {
      throw new BadSeal("DAMAGED");
    }
  }

  // As much CBOR (RFC 8949) as a certificate uses: integers, bytes, texts, arrays, maps, tags.
  function cbor(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const count = (info) => {
      if (info < 24) return info;
      const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[info];
      if (!size) throw new BadSeal("DAMAGED");
      const value = { 1: () => view.getUint8(at), 2: () => view.getUint16(at), 4: () => view.getUint32(at), 8: () => Number(view.getBigUint64(at)) }[size]();
      at += size;
      return value;
    };
    const taken = (length) => {
      if (at + length > bytes.length) throw new BadSeal("DAMAGED");
      at += length;
      return bytes.subarray(at - length, at);
    };
    const item = () => {
      const first = view.getUint8(at);
      at += 1;
      const n = count(first & 31);
      switch (first >> 5) {
        case 0: return n;
        case 1: return -1 - n;
        case 2: return taken(n);
        case 3: return new TextDecoder("utf-8", { fatal: true }).decode(taken(n));
        case 4: return Array.from({ length: Math.min(n, 1000) }, item);
        case 5: return new Map(Array.from({ length: Math.min(n, 1000) }, () => [item(), item()]));
        case 6: return { tag: n, value: item() };
        default: throw new BadSeal("DAMAGED");
      }
    };
    try {
      return item();
    } catch {
      throw new BadSeal("DAMAGED");
    }
  }

  // What was signed: ["Signature1", protected header, b"", payload] (RFC 9052 §4.4).
  function signed(header, payload) {
    const head = (major, n) => (n < 24 ? [major << 5 | n] : n < 256 ? [major << 5 | 24, n] : [major << 5 | 25, n >> 8, n & 255]);
    const name = new TextEncoder().encode("Signature1");
    return Uint8Array.from([...head(4, 4), ...head(3, name.length), ...name, ...head(2, header.length), ...header, ...head(2, 0), ...head(2, payload.length), ...payload]);
  }

  const day = (n) => `${Math.floor(n / 10000)}-${String(Math.floor(n / 100) % 100).padStart(2, "0")}-${String(n % 100).padStart(2, "0")}`;

  async function opened(text, trust) {
    if (!text.startsWith(PREFIX)) throw new BadSeal("NOT_OURS");
    const message = cbor(await unpacked(base45(text.slice(PREFIX.length))));
    if (message.tag !== 18 || !Array.isArray(message.value)) throw new BadSeal("DAMAGED");
    const [header, , payload, signature] = message.value;
    const labels = cbor(header);
    if (labels.get(1) !== -7) throw new BadSeal("FORGED");
    const key = trust.keys.find((one) => one.kid === hex(labels.get(4)));
    if (!key) throw new BadSeal("UNKNOWN_KEY");
    const point = Uint8Array.from([4, ...unhex(key.x), ...unhex(key.y)]);
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const trusted = await crypto.subtle.importKey("raw", point, algorithm, false, ["verify"]);
    if (!await crypto.subtle.verify(algorithm, trusted, signature, signed(header, payload))) throw new BadSeal("FORGED");
    return cbor(payload);
  }

  // → {code, content}: code is one of the words of the trust list.
  async function check(text, trust, now) {
    try {
      const claims = await opened(text.trim(), trust);
      const [name, masked, birth, , doses] = claims.get(-65537);
      const number = claims.get(7);
      const mark = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", number))).slice(0, 16);
      const content = { name, masked, birth: day(birth), issuer: claims.get(1), doses: doses.map(([n, product, lot, on, place]) => ({ n, product: trust.products[product] || product, lot, on: day(on), place })) };
      if (claims.has(4) && now.getTime() / 1000 >= claims.get(4)) return { code: "EXPIRED", content };
      return { code: trust.revoked.includes(mark) ? "REVOKED" : "VALID", content };
    } catch (error) {
      return { code: error instanceof BadSeal ? error.message : "DAMAGED", content: null };
    }
  }

  return { check };
})();
