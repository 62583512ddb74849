/** Tests use a few functions of React, and need no types of all of it. */
declare module 'react'
declare module 'react-dom/client'
