/* One line at the foot of the terminal that says how far it is; nothing where there is no terminal. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_PROGRESS_H
#define FONTAINE_FONTAINE_PROGRESS_H

/** "  download  [#######.............]  941 Mbit/s"; @share from 0 to 1 of the bar, below 0 for none. */
void progress_show(const char *label, double share, const char *text);

/** Take the line away: before anything else is printed. */
void progress_clear(void);

#endif
