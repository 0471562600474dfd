/** What the warmer sends: it keeps an instance alive, and is no request. */
export interface WarmPing {
  warm: true;
}

export const isWarmPing = (event: object): event is WarmPing => "warm" in event;
