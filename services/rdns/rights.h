/* Who may do what with whose things. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_RIGHTS_H
#define FONTAINE_RDNS_RIGHTS_H

#include "rdns/refusal.h"

enum role {
	ROLE_NOBODY,
	ROLE_MEMBER,
	ROLE_OPERATOR,
};

/** Who asks. */
struct who {
	enum role role;
	uint32_t asn;   /* of a member */
	bool is_frozen; /* a member that the assignments no longer have */
};

enum action {
	ACTION_READ,    /* prefixes, delegations, PTRs, the results of checks, the audit log */
	ACTION_CHECK,   /* have a delegation checked now */
	ACTION_CHANGE,  /* delegations and PTRs */
	ACTION_OPERATE, /* tokens, what concerns all members */
	ACTIONS,
};

/** Whether @who may do @action to what belongs to the member @owner. Return: REFUSAL_NONE, or why not. */
enum refusal rights_refuse(const struct who *who, enum action action, uint32_t owner);

#endif
