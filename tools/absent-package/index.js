throw new Error('This native package is not installed: Reprise runs transformers.js in the browser only.')
