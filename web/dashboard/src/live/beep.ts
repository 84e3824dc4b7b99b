const QUIET_MS = 1_500;

let context: AudioContext | null = null;
let last = 0;

/** Browsers let a page sound only after a touch; this waits for the first one. */
export function unlockSound(): void {
  const unlock = () => {
    context ??= new AudioContext();
    void context.resume();
  };
  window.addEventListener("pointerdown", unlock, { once: true });
  window.addEventListener("keydown", unlock, { once: true });
}

/** Two soft notes; a burst of messages sounds once. */
export function beep(): void {
  const now = Date.now();
  if (context === null || context.state !== "running" || now - last < QUIET_MS) return;
  last = now;
  note(context, 660, 0);
  note(context, 880, 0.11);
}

function note(audio: AudioContext, frequency: number, delay: number): void {
  const start = audio.currentTime + delay;
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = "sine";
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.09, start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.35);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.4);
}
