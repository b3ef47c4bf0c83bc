/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/text-cache.h"

#include <math.h>
#include <string.h>

/* Texts that are kept for each thread: a few views' words. */
#define N_TEXTS 96

/* The halo reaches 2 logical pixels out of the ink. */
#define PAD_PX 3.0

/* A text as it lies on device pixels. @left, @top: of its surface, from the whole pixel of its
 * place. */
typedef struct
{
  char            *key;
  cairo_surface_t *surface;
  int              left;
  int              top;
} Text;

typedef struct
{
  GHashTable *by_key; /* of Text */
  GQueue      newest; /* of Text, in the order of making */
} Cache;

static void
text_free (gpointer data)
{
  Text *text = data;

  cairo_surface_destroy (text->surface);
  g_free (text->key);
  g_free (text);
}

static void
cache_free (gpointer data)
{
  Cache *cache = data;

  g_queue_clear (&cache->newest);
  g_hash_table_unref (cache->by_key);
  g_free (cache);
}

static Cache *
get_cache (void)
{
  static GPrivate private = G_PRIVATE_INIT (cache_free);
  Cache *cache = g_private_get (&private);

  if (cache != NULL)
    return cache;
  cache = g_new0 (Cache, 1);
  cache->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, text_free);
  g_private_set (&private, cache);
  return cache;
}

/* Pixels of its own, one for a unit, and only scaled. */
static gboolean
is_plain (cairo_t *cr, cairo_matrix_t *matrix)
{
  cairo_surface_t *target = cairo_get_group_target (cr);
  double           scale_x, scale_y;

  cairo_surface_get_device_scale (target, &scale_x, &scale_y);
  cairo_get_matrix (cr, matrix);
  return cairo_surface_get_type (target) == CAIRO_SURFACE_TYPE_IMAGE && scale_x == 1 &&
         scale_y == 1 && matrix->xy == 0 && matrix->yx == 0 && matrix->xx == matrix->yy &&
         matrix->xx > 0;
}

static char *
make_key (PangoLayout *layout, double scale, double x, double y, SagRenderInk ink)
{
  g_autofree char *font =
    pango_font_description_to_string (pango_layout_get_font_description (layout));

  return g_strdup_printf ("%s|%d|%d|%.17g|%.17g|%.17g|%06x|%.17g|%s", font,
                          pango_layout_get_width (layout), pango_layout_get_height (layout), scale,
                          x, y, ink.colour, ink.alpha, pango_layout_get_text (layout));
}

/* @x, @y: parts of a device pixel. */
static Text *
make_text (
  PangoLayout *layout, double scale, double x, double y, SagRenderInk ink, SagRenderTextDraw draw)
{
  Text          *text = g_new0 (Text, 1);
  PangoRectangle inked;
  double         unit = scale / PANGO_SCALE;
  cairo_t       *cr;

  pango_layout_get_extents (layout, &inked, NULL);
  text->left = (int) floor (x + inked.x * unit - PAD_PX * scale);
  text->top = (int) floor (y + inked.y * unit - PAD_PX * scale);
  text->surface = cairo_image_surface_create (
    CAIRO_FORMAT_ARGB32,
    (int) ceil (x + (inked.x + inked.width) * unit + PAD_PX * scale) - text->left,
    (int) ceil (y + (inked.y + inked.height) * unit + PAD_PX * scale) - text->top);
  cr = cairo_create (text->surface);
  cairo_translate (cr, x - text->left, y - text->top);
  cairo_scale (cr, scale, scale);
  draw (cr, layout, 0, 0, ink);
  cairo_destroy (cr);
  return text;
}

static Text *
find_text (
  PangoLayout *layout, double scale, double x, double y, SagRenderInk ink, SagRenderTextDraw draw)
{
  Cache           *cache = get_cache ();
  g_autofree char *key = make_key (layout, scale, x, y, ink);
  Text            *text = g_hash_table_lookup (cache->by_key, key);

  if (text != NULL)
    return text;
  text = make_text (layout, scale, x, y, ink, draw);
  text->key = g_steal_pointer (&key);
  g_hash_table_insert (cache->by_key, text->key, text);
  g_queue_push_head (&cache->newest, text);
  if (cache->newest.length > N_TEXTS)
    g_hash_table_remove (cache->by_key, ((Text *) g_queue_pop_tail (&cache->newest))->key);
  return text;
}

gboolean
sag_render_text_cached (
  cairo_t *cr, PangoLayout *layout, double x, double y, SagRenderInk ink, SagRenderTextDraw draw)
{
  cairo_matrix_t matrix;
  Text          *text;

  if (!is_plain (cr, &matrix))
    return FALSE;
  cairo_matrix_transform_point (&matrix, &x, &y);
  text = find_text (layout, matrix.xx, x - floor (x), y - floor (y), ink, draw);
  cairo_save (cr);
  cairo_identity_matrix (cr);
  cairo_set_source_surface (cr, text->surface, floor (x) + text->left, floor (y) + text->top);
  cairo_paint (cr);
  cairo_restore (cr);
  return TRUE;
}
