// What a run found, as sections of Markdown: { name, text }. The terminal shows them, the document takes them in.
import { asyncMessagesSection, messagesSection } from './messages.mjs'
import { coresSection, handshakesSection, heldSection } from './handshakes.mjs'
import { targetsSection } from './targets.mjs'
import { table } from './table.mjs'

const MAKERS = {
  machine: ({ machine }) => table(['', ''], machine),
  targets: targetsSection,
  messages: ({ messages }) => messages && messagesSection(messages),
  'async-messages': ({ asyncMessages }) => asyncMessages && asyncMessagesSection(asyncMessages),
  handshakes: ({ handshakes }) => handshakes && handshakesSection(handshakes),
  cores: ({ cores }) => cores && coresSection(cores),
  held: ({ held }) => held && heldSection(held),
}

export function sectionsOf(report) {
  return Object.entries(MAKERS)
    .map(([name, make]) => ({ name, text: make(report) }))
    .filter(({ text }) => text)
}
