/* SPDX-License-Identifier: MIT */
#include "rdns/rights.h"

enum refusal rights_refuse(const struct who *who, enum action action, uint32_t owner)
{
	switch (who->role) {
	case ROLE_OPERATOR:
		return REFUSAL_NONE;
	case ROLE_NOBODY:
		return REFUSAL_UNKNOWN;
	case ROLE_MEMBER:
		break;
	}
	if (action == ACTION_OPERATE)
		return REFUSAL_OPERATORS_ONLY;
	if (who->asn != owner)
		return REFUSAL_NOT_YOURS;
	return action == ACTION_CHANGE && who->is_frozen ? REFUSAL_FROZEN : REFUSAL_NONE;
}
