// Told: what the control API tells of an exchange, in the form in which it is drawn.

export function streamOf(told) {
  const events = told.events.map((event, index) => ({ number: index + 1, text: "", mark: null, ...event }));
  return { ...told, events };
}

export function transcriptOf(told) {
  return told;
}
