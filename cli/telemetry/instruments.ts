import {
  type Attributes,
  type Counter,
  type Gauge,
  type Histogram,
  type Meter,
  metrics,
} from '@opentelemetry/api';
import type { AttributeValues } from '../../core/own-telemetry.ts';
import { METRICS, type MetricName, type MetricShape } from '../../core/telemetry-names.ts';
import { attributesOf } from './attributes.ts';

/** From a commit of a few events to the correlation of millions, in seconds. */
const BOUNDARIES = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

type Record = (value: number, attributes: Attributes) => void;

interface Age {
  readonly attributes: Attributes;
  since: number;
}

/** Every metric of ours as an instrument of the SDK that is registered now. */
export class Instruments {
  readonly #records = new Map<MetricName, Record>();
  readonly #ages = new Map<MetricName, Map<string, Age>>();

  constructor(version: string) {
    const meter = metrics.getMeter('mcp-witness', version);
    for (const [name, shape] of Object.entries(METRICS) as [MetricName, MetricShape][]) {
      if (shape.kind === 'age') this.#ages.set(name, keepAges(meter, shape));
      else this.#records.set(name, instrumentOf(meter, shape));
    }
  }

  record(name: MetricName, value: number, values: AttributeValues): void {
    const age = this.#age(name, values);
    if (age) age.since = performance.now() - value * 1000;
    this.#records.get(name)?.(value, attributesOf(METRICS[name].attributes, values));
  }

  /** From the first time on it grows until it is renewed. */
  beginAge(name: MetricName, values: AttributeValues): void {
    this.#age(name, values);
  }

  renewAge(name: MetricName, values: AttributeValues): void {
    this.record(name, 0, values);
  }

  #age(name: MetricName, values: AttributeValues): Age | undefined {
    const ages = this.#ages.get(name);
    if (!ages) return undefined;
    const attributes = attributesOf(METRICS[name].attributes, values);
    const key = JSON.stringify(attributes);
    const age = ages.get(key) ?? { attributes, since: performance.now() };
    ages.set(key, age);
    return age;
  }
}

function instrumentOf(meter: Meter, { name, kind, unit, meaning }: MetricShape): Record {
  const options = { unit, description: meaning };
  if (kind === 'counter') {
    const counter: Counter = meter.createCounter(name, options);
    return (value, attributes) => counter.add(value, attributes);
  }
  const instrument: Gauge | Histogram =
    kind === 'gauge'
      ? meter.createGauge(name, options)
      : meter.createHistogram(name, {
          ...options,
          advice: { explicitBucketBoundaries: BOUNDARIES },
        });
  return (value, attributes) => instrument.record(value, attributes);
}

function keepAges(meter: Meter, { name, unit, meaning }: MetricShape): Map<string, Age> {
  const ages = new Map<string, Age>();
  meter.createObservableGauge(name, { unit, description: meaning }).addCallback((result) => {
    for (const { attributes, since } of ages.values()) {
      result.observe((performance.now() - since) / 1000, attributes);
    }
  });
  return ages;
}
