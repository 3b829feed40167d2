/* Macros of libraries as cppcheck is to see them: their own headers take it minutes. */
/* SPDX-License-Identifier: MIT */
#define yyjson_arr_foreach(arr, idx, max, val) \
	for ((idx) = 0, (max) = yyjson_arr_size(arr), (val) = yyjson_arr_get_first(arr); (idx) < (max); (idx)++)
#define yyjson_obj_foreach(obj, idx, max, key, val) \
	for ((idx) = 0, (max) = yyjson_obj_size(obj), (key) = yyjson_key(obj), (val) = yyjson_val(obj); \
	     (idx) < (max); (idx)++)
#define yyjson_mut_arr_foreach(arr, idx, max, val)      yyjson_arr_foreach(arr, idx, max, val)
#define yyjson_mut_obj_foreach(obj, idx, max, key, val) yyjson_obj_foreach(obj, idx, max, key, val)
