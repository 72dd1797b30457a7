/** What a person has entered and not sent yet, kept in this browser under the person's subject. */

import { texts } from "../texts/texts";

const DATABASE = "inventory-console";
const STORE = "kept";

/** Entries of one kind that belong to one owner, each under an id. Every tab of this browser has the same ones. */
export class KeptList<Entry> {
  readonly #kind: string;
  readonly #owner: string;
  readonly #channel: BroadcastChannel;

  /**
   * @param kind what the entries are, such as `stocktake`.
   * @param owner whose they are: nobody else who signs in here sees them.
   */
  constructor(kind: string, owner: string) {
    this.#kind = kind;
    this.#owner = owner;
    this.#channel = new BroadcastChannel(`${DATABASE}/${kind}/${owner}`);
  }

  /** All entries.
   * @throws DOMException if this browser keeps nothing, as private windows may.
   */
  async all(): Promise<Entry[]> {
    return await this.#execute("readonly", (store) => store.getAll(this.#range()));
  }

  /** Forget all entries. */
  async clear(): Promise<void> {
    await this.#execute("readwrite", (store) => store.delete(this.#range()));
    this.#channel.postMessage(null);
  }

  /** Keep an entry in place of the one of this id.
   * @throws DOMException if it cannot be kept, as on a full disk.
   */
  async put(id: string, entry: Entry): Promise<void> {
    await this.#execute("readwrite", (store) => store.put(entry, [this.#kind, this.#owner, id]));
    this.#channel.postMessage(null);
  }

  /** Forget entries; those that are not there are forgotten already. */
  async remove(ids: readonly string[]): Promise<void> {
    await this.#execute("readwrite", (store) => {
      for (const id of ids) {
        store.delete([this.#kind, this.#owner, id]);
      }
      return store.count();
    });
    this.#channel.postMessage(null);
  }

  /** Be called after a change in another tab; the result ends that. */
  onChange(listener: () => void): () => void {
    this.#channel.addEventListener("message", listener);
    return () => this.#channel.removeEventListener("message", listener);
  }

  /** The keys of all entries: an array comes after every text. */
  #range(): IDBKeyRange {
    return IDBKeyRange.bound([this.#kind, this.#owner], [this.#kind, this.#owner, []]);
  }

  async #execute<Result>(
    mode: IDBTransactionMode,
    request: (store: IDBObjectStore) => IDBRequest<Result>,
  ): Promise<Result> {
    const database = await opened();
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const asked = request(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error ?? asked.error);
    });
  }
}

/** Another tab of this browser does the same now. */
export class BusyElsewhere extends Error {}

/** Do something that no other tab may do meanwhile.
 * @throws BusyElsewhere if one does.
 */
export async function alone<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  return await navigator.locks.request(`${DATABASE}/${what}`, { ifAvailable: true }, async (lock) => {
    if (lock === null) {
      throw new BusyElsewhere(texts.common.busyElsewhere);
    }
    return await work();
  });
}

let database: Promise<IDBDatabase> | null = null;

function opened(): Promise<IDBDatabase> {
  database ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => {
      // A browser may close it, and a newer page in another tab may need another form of it.
      request.result.onclose = forget;
      request.result.onversionchange = () => {
        request.result.close();
        forget();
      };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  }).catch((error) => {
    forget();
    throw error;
  });
  return database;
}

function forget(): void {
  database = null;
}
