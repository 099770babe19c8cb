// ChaCha20 of RFC 8439. The browser's own ciphers exist on HTTPS only, and a village office may reach its server without.
"use strict";

class DraftCipher {
  // ``secret``: 64 hex digits, the server's for this user alone
  constructor(secret) {
    this.key = Uint32Array.from({ length: 8 }, (_, n) => {
      const four = secret.slice(n * 8, n * 8 + 8).match(/../g).map((two) => parseInt(two, 16));
      return (four[0] | (four[1] << 8) | (four[2] << 16) | (four[3] << 24)) >>> 0;
    });
  }

  close(text) {
    const nonce = crypto.getRandomValues(new Uint32Array(3));
    return `${toBase64(new Uint8Array(nonce.buffer))}.${toBase64(this.mix(new TextEncoder().encode(text), nonce))}`;
  }

  // Throws when it was closed with another key: then it is not text.
  open(closed) {
    const [nonce, body] = closed.split(".").map(fromBase64);
    return new TextDecoder("utf-8", { fatal: true }).decode(this.mix(body, new Uint32Array(nonce.buffer)));
  }

  // The same for closing and opening.
  mix(bytes, nonce, counter = 1) {
    const mixed = new Uint8Array(bytes.length);
    for (let start = 0; start < bytes.length; start += 64) {
      const stream = new Uint8Array(this.block(nonce, counter + start / 64).buffer); // every browser's machine is little-endian
      for (let i = start; i < Math.min(start + 64, bytes.length); i += 1) mixed[i] = bytes[i] ^ stream[i - start];
    }
    return mixed;
  }

  block(nonce, counter) {
    const begin = Uint32Array.of(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, ...this.key, counter, ...nonce);
    const now = begin.slice();
    for (let round = 0; round < 10; round += 1) {
      for (let n = 0; n < 4; n += 1) quarter(now, n, 4 + n, 8 + n, 12 + n);
      for (let n = 0; n < 4; n += 1) quarter(now, n, 4 + ((n + 1) % 4), 8 + ((n + 2) % 4), 12 + ((n + 3) % 4));
    }
    return now.map((word, n) => word + begin[n]);
  }
}

function quarter(x, a, b, c, d) {
  const turn = (to, by, from, bits) => {
    x[to] += x[by];
    const word = x[from] ^ x[to];
    x[from] = (word << bits) | (word >>> (32 - bits));
  };
  turn(a, b, d, 16);
  turn(c, d, b, 12);
  turn(a, b, d, 8);
  turn(c, d, b, 7);
}

function toBase64(bytes) { return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")); }
function fromBase64(text) { return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)); }
