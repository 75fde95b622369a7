/** How the command ends: 0 all is well, 1 what was looked at is not, 2 the command itself could not do its work. */
export const ALL_WELL = 0
export const FAULT_FOUND = 1
export const COULD_NOT = 2

/** Ends the command with a message for people, and exit code 2. */
export class CommandFailure extends Error {}
