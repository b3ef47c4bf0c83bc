/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagJsonWriter:
 *
 * Builds an indented JSON text. json-glib reads our JSON; this writes it, because people read it
 * too: numbers are the shortest that read back exact (json-glib always prints 17 digits), arrays of numbers
 * stay on one line, and no locale changes them. Inside an array @name is NULL, inside an object it is not.
 */
typedef struct _SagJsonWriter SagJsonWriter;

SagJsonWriter *sag_json_writer_new (void);
void           sag_json_writer_free (SagJsonWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagJsonWriter, sag_json_writer_free)

void sag_json_begin_object (SagJsonWriter *writer, const char *name);
void sag_json_end_object (SagJsonWriter *writer);
void sag_json_begin_array (SagJsonWriter *writer, const char *name);
void sag_json_end_array (SagJsonWriter *writer);

/** sag_json_string: @value NULL writes null; bytes that are not UTF-8 are replaced. */
void sag_json_string (SagJsonWriter *writer, const char *name, const char *value);
/** sag_json_number: NaN and infinities, which JSON cannot say, become null. */
void sag_json_number (SagJsonWriter *writer, const char *name, double value);
void sag_json_float (SagJsonWriter *writer, const char *name, float value);
void sag_json_integer (SagJsonWriter *writer, const char *name, gint64 value);
void sag_json_boolean (SagJsonWriter *writer, const char *name, gboolean value);
void
sag_json_numbers (SagJsonWriter *writer, const char *name, const double *values, gsize n_values);
void
sag_json_integers (SagJsonWriter *writer, const char *name, const gint32 *values, gsize n_values);
void sag_json_strings (SagJsonWriter *writer, const char *name, const char *const *values);

/** sag_json_writer_finish: ends the document. Returns the text with a final newline (transfer full). */
char *sag_json_writer_finish (SagJsonWriter *writer);

/**
 * sag_json_append_string: a string in its quotes, for lines that are no whole document. Bytes that are no UTF-8 become
 * U+FFFD, and so do the control characters that JSON has no letter for: sag_json_parse() takes them for damage.
 */
void sag_json_append_string (GString *text, const char *value);

G_END_DECLS
