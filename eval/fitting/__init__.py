"""What the product's constants were fitted or counted on."""
