// What was typed and not saved, in this browser: one entry per row, so that two windows never overwrite each other.
// Closed with the user's own key, which only the server tells: who logs in next on this computer reads nothing.
"use strict";

class GridDrafts {
  static KEEP_DAYS = 7; // the page says so

  constructor(owner, secret, village) {
    this.cipher = new DraftCipher(secret);
    this.mine = `vax-grid:${owner}:`;
    this.here = `${this.mine}${village}:`;
    this.works = true;
    this.forgetOld();
  }

  // Entries: {order, cells, wanted, sure}
  all() {
    return this.keys(this.here)
      .map((name) => ({ key: name.slice(this.here.length), ...this.open(localStorage.getItem(name)) }))
      .filter((draft) => draft.cells)
      .sort((a, b) => a.order - b.order);
  }

  put(key, draft) {
    try {
      localStorage.setItem(this.here + key, `${Date.now()}.${this.cipher.close(JSON.stringify(draft))}`);
      this.works = true;
    } catch {
      this.works = false;
    }
  }

  remove(key) { try { localStorage.removeItem(this.here + key); } catch { this.works = false; } }

  // {village code: rows} of the user's other villages
  elsewhere() {
    const counts = {};
    for (const name of this.keys(this.mine)) {
      if (name.startsWith(this.here)) continue;
      const village = name.slice(this.mine.length).split(":")[0];
      counts[village] = (counts[village] || 0) + 1;
    }
    return counts;
  }

  // Whoever typed it: names and numbers do not stay on a shared computer for ever.
  forgetOld() {
    const oldest = Date.now() - GridDrafts.KEEP_DAYS * 86400000;
    for (const name of this.keys("vax-grid:")) {
      if (!(parseInt(localStorage.getItem(name), 10) > oldest)) localStorage.removeItem(name);
    }
  }

  keys(prefix) {
    try { return Object.keys(localStorage).filter((name) => name.startsWith(prefix)); } catch { this.works = false; return []; }
  }

  // {} for what another key closed
  open(stored) {
    try { return JSON.parse(this.cipher.open(stored.slice(stored.indexOf(".") + 1))); } catch { return {}; }
  }

  // randomUUID needs HTTPS, which a village PC on its own address does not have.
  static newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }
}
