/** An interrupt wire: a level in, whoever listens is told of changes. */

export interface Line {
	readonly level: boolean;
	set(level: boolean): void;
}

export function createLine(changed: (level: boolean) => void = () => {}): Line {
	let now = false;
	return {
		get level() {
			return now;
		},
		set(level) {
			if (level === now) return;
			now = level;
			changed(level);
		},
	};
}
