import type { AnnotationEntry, TraceSummary } from '../../lab-api/xray-wire.ts';

/** A value seen in the loaded traces, with the number of traces that carry it. */
export interface SeenValue {
  text: string;
  count: number;
}

/** What the filter bar can offer from the traces in the list. Text values come quoted, ready to insert. */
export interface SeenValues {
  readonly services: SeenValue[];
  readonly annotationKeys: SeenValue[];
  /** By key; a `get`, because a key may be called as a member of every object. */
  readonly annotations: { get(key: string): SeenValue[] | undefined };
  readonly urls: SeenValue[];
  readonly methods: SeenValue[];
  readonly codes: SeenValue[];
  readonly users: SeenValue[];
}

/** Counts while traces come in, page by page, and sorts only what is asked for: each is a matter of milliseconds. */
export class SeenCounts implements SeenValues {
  readonly #services = new Counter();
  readonly #annotationKeys = new Counter();
  readonly #annotations = new Map<string, Counter>();
  readonly #urls = new Counter();
  readonly #methods = new Counter();
  readonly #codes = new Counter();
  readonly #users = new Counter();

  add(summaries: readonly TraceSummary[]): void {
    for (const { ServiceIds, Annotations, Http, Users } of summaries) {
      this.#services.addOnce((ServiceIds ?? []).map(({ Name }) => quote(Name)));
      for (const [key, entries] of Object.entries(Annotations ?? {})) {
        this.#annotationKeys.add(key);
        let values = this.#annotations.get(key);
        if (values === undefined) this.#annotations.set(key, (values = new Counter()));
        values.addOnce(entries.map(annotationText));
      }
      this.#urls.add(quote(Http?.HttpURL));
      this.#methods.add(quote(Http?.HttpMethod));
      this.#codes.add(Http?.HttpStatus?.toString());
      this.#users.addOnce((Users ?? []).map(({ UserName }) => quote(UserName)));
    }
  }

  get services() {
    return this.#services.values;
  }
  get annotationKeys() {
    return this.#annotationKeys.values;
  }
  readonly annotations = { get: (key: string) => this.#annotations.get(key)?.values };
  get urls() {
    return this.#urls.values;
  }
  get methods() {
    return this.#methods.values;
  }
  get codes() {
    return this.#codes.values;
  }
  get users() {
    return this.#users.values;
  }
}

class Counter {
  readonly #counts = new Map<string, number>();

  add(value: string | undefined): void {
    if (value !== undefined) this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  /** The values of one trace: each counts once. */
  addOnce(values: readonly (string | undefined)[]): void {
    if (values.length === 1) this.add(values[0]);
    else for (const value of new Set(values)) this.add(value);
  }

  /** The most frequent first. */
  get values(): SeenValue[] {
    return [...this.#counts].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
  }
}

const quote = (text: string | undefined) => (text === undefined ? undefined : JSON.stringify(text));

/** As a filter writes it: text in quotes, numbers and booleans without. */
function annotationText({ AnnotationValue }: AnnotationEntry): string | undefined {
  const { StringValue, NumberValue, BooleanValue } = AnnotationValue ?? {};
  return StringValue === undefined ? (NumberValue ?? BooleanValue)?.toString() : quote(StringValue);
}
