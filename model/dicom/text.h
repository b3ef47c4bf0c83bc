/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_dicom_text_new: @text, once in memory however many headers have it. Any thread.
 *
 * g_ref_string_new_intern() alone is not enough: in GLib 2.74 it may take hold of a string that another thread is
 * letting go of.
 */
GRefString *sag_dicom_text_new (const char *text);

/** sag_dicom_text_free: lets a text go, which may be NULL. Any thread. */
void sag_dicom_text_free (GRefString *text);

G_END_DECLS
