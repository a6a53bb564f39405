import { HTTP_BOUNDS, HTTP_FINE_BOUNDS } from "./bounds.ts";
import type { Exposition, Labels } from "./exposition.ts";
import { Histogram } from "./histogram.ts";

interface Series {
  readonly labels: Labels;
  readonly seconds: Histogram;
}

/** Requests by handler, as prometheus-fastapi-instrumentator counts them. Handlers are routes, so there are few. */
export class HttpMetrics {
  readonly #byStatus = new Map<string, { readonly labels: Labels; count: number }>();
  readonly #byHandler = new Map<string, Series>();
  readonly #all = new Histogram(HTTP_FINE_BOUNDS);

  /** `handler`: the route, or `none`. */
  observe(handler: string, method: string, status: number, seconds: number): void {
    const group = `${Math.floor(status / 100)}xx`;
    const key = `${method} ${handler}`;
    const counted = this.#byStatus.get(`${key} ${group}`) ?? { labels: { handler, method, status: group }, count: 0 };
    counted.count++;
    this.#byStatus.set(`${key} ${group}`, counted);
    const series = this.#byHandler.get(key) ?? { labels: { handler, method }, seconds: new Histogram(HTTP_BOUNDS) };
    series.seconds.observe(seconds);
    this.#byHandler.set(key, series);
    this.#all.observe(seconds);
  }

  write(page: Exposition): void {
    const statuses = Array.from(this.#byStatus.values(), ({ labels, count }) => [labels, count] as const);
    const handlers = Array.from(this.#byHandler.values(), ({ labels, seconds }) => [labels, seconds] as const);
    page
      .counter("http_requests", "Total number of requests by method, status and handler.", statuses)
      .histogram(
        "http_request_duration_highr_seconds",
        "Latency with many buckets but no API specific labels. Made for more accurate percentile calculations. ",
        [[{}, this.#all]],
      )
      .histogram(
        "http_request_duration_seconds",
        "Latency with only few buckets by handler. Made to be only used if aggregation by handler is important. ",
        handlers,
      );
  }
}
