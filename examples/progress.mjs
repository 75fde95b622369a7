// A progress bar for a person; silent where the output goes to a file or another program.
const WIDTH = 40

export class Progress {
  #began = performance.now()
  #drawn = 0
  #total

  constructor(total) {
    this.#total = total
  }

  /** Draws at most every 50 ms: a terminal is slower than the encryption. */
  at(done) {
    const now = performance.now()
    if (!process.stdout.isTTY || (done < this.#total && now - this.#drawn < 50)) return
    this.#drawn = now
    const part = this.#total === 0 ? 1 : done / this.#total
    const bar = '#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '.')
    process.stdout.write(`\r  [${bar}] ${Math.floor(part * 100)} %${part === 1 ? '\n' : ''}`)
  }

  /** '123456789 bytes in 0.617 s, 200.1 MB/s' */
  summary() {
    const seconds = (performance.now() - this.#began) / 1000
    return `${this.#total} bytes in ${seconds.toFixed(3)} s, ${rate(this.#total / seconds)}`
  }
}

function rate(bytesPerSecond) {
  if (bytesPerSecond < 1e6) return `${(bytesPerSecond / 1e3).toFixed(1)} kB/s`
  return `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`
}
