/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** sag_ui_catalogue_columns_add: the columns of a table of SagUiCatalogueRow, each with its order. */
void sag_ui_catalogue_columns_add (GtkColumnView *table);

/** sag_ui_catalogue_columns_set_prevalence: at which the probabilities are given; negative: none. */
void sag_ui_catalogue_columns_set_prevalence (GtkColumnView *table, double prevalence);

G_END_DECLS
