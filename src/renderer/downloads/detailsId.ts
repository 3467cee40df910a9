/** The panel that buttons of rows open. */
export const DETAILS_ID = 'details'
