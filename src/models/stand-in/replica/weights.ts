/** The weights of a replica, as far as calls for development see them. */
export class Weights {
  version = "default";
  /** Between `start_weight_update` and `finish_weight_update`. */
  updating = false;
  transferReady = false;
  /** How often they were replaced. Answers and checksums depend on it. */
  generation = 0;

  replaced(): void {
    this.generation++;
  }
}
