/** Two bursts within this time make one sound. */
const QUIET = 2_000;
let last = 0;

/** A short soft tone. Browsers may refuse it before the visitor touched the page; then it is silent. */
export const beep = (): void => {
  if (Date.now() - last < QUIET || typeof AudioContext === "undefined") return;
  last = Date.now();
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 740;
  volume.gain.setValueAtTime(0.08, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.25);
  tone.connect(volume).connect(audio.destination);
  tone.onended = () => void audio.close();
  tone.start();
  tone.stop(audio.currentTime + 0.25);
};
