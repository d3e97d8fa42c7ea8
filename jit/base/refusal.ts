/** Refusals: every reason why code was not translated and runs in the interpreter instead, named and counted. */

/** The reasons, each with what it means. A refusal is never an error of the guest's. */
export const refusals = {
	"outside-ram": "the code lies outside RAM, where stores to it cannot be seen",
	"page-rewritten": "the page was rewritten so often that translating it again does not pay yet",
	"too-large": "the translation is larger than the whole code cache",
	"emitter-missing": "the engine that the policy asks for is not there",
	"emitter-failed": "the engine could not translate the code",
} as const;

export type Refusal = keyof typeof refusals;
export const refusalNames = Object.keys(refusals) as Refusal[];
